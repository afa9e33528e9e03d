-- What somebody moderates and hides is read with every request: not from all rows of what he follows and voted on.
CREATE INDEX community_actions_moderated ON community_actions (person_id, community_id)
    WHERE became_moderator_at IS NOT NULL;
CREATE INDEX community_actions_blocked ON community_actions (person_id, community_id)
    WHERE blocked_at IS NOT NULL;
CREATE INDEX person_actions_blocked ON person_actions (person_id, target_id)
    WHERE blocked_at IS NOT NULL;
