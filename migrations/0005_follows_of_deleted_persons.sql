-- Follow rows go before their person, so that the subscriber totals still learn where that person
-- lived (content §13): the cascade would delete them when the person's row is gone already.
CREATE FUNCTION person_delete_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM community_actions WHERE person_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER person_delete_follows BEFORE DELETE ON person
  FOR EACH ROW EXECUTE FUNCTION person_delete_follows();
