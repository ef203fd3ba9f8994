using System.Runtime.CompilerServices;
using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// Turns a grant into a token: 1. through the gate, 2. commit it with the assertion's mark while 3. it is
/// signed, 4. hand it out only once the commit is durable. An assertion that was used before is judged by what its
/// first use left: the same client again gets another token of the same family.
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
        // Admitted at once unless it is denied or the audit has to be asked: then only the commit is waited for, once.
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

    // What it keeps while it waits is allocated for most exchanges: tasks are small where the results are not.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TokenExchangeResult> CommitAsync(
        AssertionContext context,
        Grant grant,
        CancellationToken cancellationToken
    )
    {
        var replay = replays.CreateMark(context, grant)?.Key;
        var commit = journal.CommitAsync(GrantAdmission.ToDecision(context, grant, replay), cancellationToken).AsTask();
        // Signed while the commit is on its way; it is not sent before the commit succeeds.
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
        // The mark is what it was: made of the same assertion, grant and time.
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
        if (result.RefusalIfUnavailable() is not { } refusal)
        {
            return TokenExchangeResult.Granted(grant, token);
        }

        token.Return();
        return TokenExchangeResult.Refused(refusal);
    }
}
