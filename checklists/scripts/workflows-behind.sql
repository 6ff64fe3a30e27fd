-- By how many minutes the workflow that is furthest back lags behind the latest change of the database; above 15 it needs a look.
DECLARE @latest bigint = (SELECT MAX(EntityTransactionLogId) FROM dbo.EntityChangeLog WITH (NOLOCK));
DECLARE @moment datetime = (SELECT TimeAdded FROM dbo.EntityTransactionLog WITH (NOLOCK) WHERE EntityTransactionLogId = @latest);
SELECT
    COUNT(*) AS workflows,
    COALESCE(MAX(DATEDIFF(MINUTE, change.TimeAdded, @moment)), 0) AS minutes_behind
FROM dbo.CmdbInstanceSubscriptionState AS subscription WITH (NOLOCK)
INNER JOIN dbo.Rules AS workflow ON workflow.RuleId = subscription.RuleId AND workflow.RuleEnabled <> 0
LEFT JOIN dbo.EntityTransactionLog AS change WITH (NOLOCK) ON change.EntityTransactionLogId = subscription.State
WHERE subscription.IsPeriodicQueryEvent = 0;
