-- Who wants to hear of everything new in a community.
CREATE INDEX community_actions_notifications ON community_actions (community_id)
  WHERE notifications IN ('all_posts', 'all_posts_and_comments');
