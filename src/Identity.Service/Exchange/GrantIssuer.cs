using System.Runtime.CompilerServices;
using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// Turns a grant into a token: 1. pass the gate, 2. commit the grant with the assertion's mark while the token is
/// signed, 3. return the token only once the commit is durable. If the assertion was used before, the replay policy
/// decides by what its first use left: the same client gets another token of the same family.
/// </summary>
internal sealed class GrantIssuer(
    IJournal journal,
    AccessTokenFactory tokens,
    AssertionReplays replays,
    GrantAdmission admission
)
{
    public ValueTask<TokenExchangeResult> IssueAsync(
        AssertionContext context,
        Grant grant,
        CancellationToken cancellationToken
    )
    {
        // Completes synchronously unless it has to write a denial or query the audit.
        var admitting = admission.CheckAsync(context, grant, cancellationToken);
        return !admitting.IsCompletedSuccessfully ? IssueAsync(admitting, context, grant, cancellationToken)
            : admitting.Result is { } ended ? new(ended)
            : CommitAsync(context, grant, cancellationToken);
    }

    private async ValueTask<TokenExchangeResult> IssueAsync(
        ValueTask<TokenExchangeResult?> admitting,
        AssertionContext context,
        Grant grant,
        CancellationToken cancellationToken
    ) => await admitting is { } ended ? ended : await CommitAsync(context, grant, cancellationToken);

    // Most exchanges suspend here and allocate the state machine: it holds tasks, which are smaller than their results.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TokenExchangeResult> CommitAsync(
        AssertionContext context,
        Grant grant,
        CancellationToken cancellationToken
    )
    {
        var replay = replays.CreateMark(context, grant)?.Key;
        var commit = journal.CommitAsync(GrantAdmission.ToDecision(context, grant, replay), cancellationToken).AsTask();
        // The token is signed while the commit is in progress, and is not sent before the commit succeeds.
        var token = tokens.Mint(grant, context.Now);
        var result = await commit;
        if (result.Outcome != CommitOutcome.Replayed)
        {
            return Answer(result, grant, token);
        }

        token.Return();
        return await ReissueAsync(context, grant, result.Existing, cancellationToken).AsTask();
    }

    private async ValueTask<TokenExchangeResult> ReissueAsync(
        AssertionContext context,
        Grant grant,
        ReplayUse? existing,
        CancellationToken cancellationToken
    )
    {
        // The same assertion, grant and time give the same mark as before.
        var mark = replays.CreateMark(context, grant)!.Value;
        var judged = await admission.JudgeAsync(context, grant, mark, existing, cancellationToken);
        if (judged.Grant is not { } again)
        {
            return judged.Ended;
        }

        var commit = journal.CommitAsync(GrantAdmission.ToDecision(context, again, replay: null), cancellationToken);
        var token = tokens.Mint(again, context.Now);
        return Answer(await commit, again, token);
    }

    private static TokenExchangeResult Answer(CommitResult result, Grant grant, RentedBytes token)
    {
        if (result.RefusalUnlessCommitted() is not { } refusal)
        {
            return TokenExchangeResult.Granted(grant, token);
        }

        token.Return();
        return TokenExchangeResult.Refused(refusal);
    }
}
