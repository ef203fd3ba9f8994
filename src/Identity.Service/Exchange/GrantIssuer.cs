using System.Runtime.CompilerServices;
using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
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
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<TokenExchangeResult> IssueAsync(
        AssertionContext context,
        Grant grant,
        CancellationToken cancellationToken
    )
    {
        if (await admission.CheckAsync(context, grant, cancellationToken) is { } ended)
        {
            return ended;
        }

        var mark = replays.CreateMark(context, grant);
        var (token, result) = await CommitAsync(context, grant, mark?.Key, cancellationToken);
        if (result.Outcome != CommitOutcome.Replayed)
        {
            return Answer(result, grant, token);
        }

        var judged = await admission.JudgeAsync(context, grant, mark!.Value, result.Existing, cancellationToken);
        if (judged.Grant is not { } again)
        {
            return judged.Ended;
        }

        (token, result) = await CommitAsync(context, again, replay: null, cancellationToken);
        return Answer(result, again, token);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(byte[] Token, CommitResult Result)> CommitAsync(
        AssertionContext context,
        Grant grant,
        ReplayKey? replay,
        CancellationToken cancellationToken
    )
    {
        var commit = journal.CommitAsync(GrantAdmission.ToDecision(context, grant, replay), cancellationToken);
        // Signed while the commit is on its way; it is not sent before the commit succeeds.
        var token = tokens.Mint(grant, context.Now);
        return (token, await commit);
    }

    private static TokenExchangeResult Answer(CommitResult result, Grant grant, byte[] token) =>
        result.RefusalIfUnavailable() is { } refusal
            ? TokenExchangeResult.Refused(refusal)
            : TokenExchangeResult.Granted(grant, token);
}
