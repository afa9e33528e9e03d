-- Changes of communities by their place in the log: what was done before a change of visibility is
-- addressed as receivers knew the community then.
CREATE INDEX event_community_updated ON event (community_id, xid, id)
  WHERE kind = 'community_updated';
