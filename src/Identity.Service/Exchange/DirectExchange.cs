using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// Runs requests that may contain an assertion instead of a credential: the request uses the grant of one exchange
/// itself, so no access token is minted. The exchange is recorded in the commit of that use. If the use fails without a
/// commit, the exchange is recorded on its own: the assertion counts as used before any answer is sent.
/// </summary>
internal sealed class DirectExchange(
    TokenExchange exchange,
    GrantAdmission admission,
    AssertionReplays replays,
    RequestBinding binding,
    ExchangeLimits limits,
    IJournal journal
)
{
    /// <summary>Limits the rate before the body is parsed: a request without a credential is an exchange.</summary>
    public Refusal? TryBegin(ApiRequest request) => request.HasCaller ? null : limits.TryTake();

    /// <param name="request">Has its caller if it presented a credential; otherwise it gets the assertion's.</param>
    /// <param name="use">
    /// Answers for the request's caller, and commits the exchange with its own decision, if there is one. It may run
    /// twice, and its answer is discarded if the assertion was used before.
    /// </param>
    /// <param name="cancellationToken">Has no effect once a decision is being recorded.</param>
    public async ValueTask<ApiAnswer> RunAsync(
        ApiRequest request,
        AssertedRequest body,
        Func<WaitingDecision?, ValueTask<ApiAnswer>> use,
        CancellationToken cancellationToken
    )
    {
        if (request.HasCaller)
        {
            return body.IsAsserted
                ? RequestErrors.Invalid.Refuse("assertion: a request with a credential must not have one.")
                : await use(null);
        }

        if (body.Assertion is null)
        {
            return AuthErrors.Missing.Refuse();
        }

        if (!ExchangeRequestReader.Read(body, request).TryGet(out var parsed, out var refusal))
        {
            return refusal;
        }

        var proven = binding.Prove(request.Http);
        if (proven.Error != BindingError.None)
        {
            return BindingRefusals.ToRefusal(proven.Error);
        }

        var decided = await exchange.DecideAsync(parsed with { Proven = proven.Binding }, cancellationToken);
        return decided.Grant is { } grant
            ? await RunAsync(request, decided.Context!, grant, use, cancellationToken)
            : ToAnswer(decided.Ended);
    }

    private async ValueTask<ApiAnswer> RunAsync(
        ApiRequest request,
        AssertionContext context,
        Grant grant,
        Func<WaitingDecision?, ValueTask<ApiAnswer>> use,
        CancellationToken cancellationToken
    )
    {
        if (await admission.CheckAsync(context, grant, cancellationToken) is { } ended)
        {
            return ToAnswer(ended);
        }

        var mark = replays.CreateMark(context, grant);
        var waiting = new WaitingDecision(GrantAdmission.ToDecision(context, grant, mark?.Key));
        ApiAnswer? answer = null;
        // A replay is detected before the use, so that it takes nothing from the limits that the use applies.
        if (mark is null || !await replays.WasUsedAsync(mark.Value, cancellationToken))
        {
            answer = await UseAsync(request, context, grant, waiting, use);
        }

        var result = await RecordAsync(waiting);
        if (result.Outcome == CommitOutcome.Replayed)
        {
            var judged = await admission.JudgeAsync(context, grant, mark!.Value, result.Existing, cancellationToken);
            if (judged.Grant is not { } again)
            {
                RequestIdentity.ClearTenant(request.Http);
                return ToAnswer(judged.Ended);
            }

            waiting = new WaitingDecision(GrantAdmission.ToDecision(context, again, replay: null));
            answer = await UseAsync(request, context, again, waiting, use);
            result = await RecordAsync(waiting);
        }

        if (result.Outcome == CommitOutcome.Unavailable)
        {
            return result.Refusal ?? StorageErrors.Unavailable.Refuse();
        }

        return answer!.Value;
    }

    private static async ValueTask<ApiAnswer> UseAsync(
        ApiRequest request,
        AssertionContext context,
        Grant grant,
        WaitingDecision waiting,
        Func<WaitingDecision?, ValueTask<ApiAnswer>> use
    )
    {
        var caller = GrantCallers.ToCaller(context, grant);
        request.SetCaller(caller);
        // The header may narrow but never widen: a grant is for one workspace.
        var wanted = request.Http.Request.Headers[RequestIdentity.WorkspaceHeader].ToString();
        return wanted.Length == 0 || wanted == caller.WorkspaceId ? await use(waiting) : AuthErrors.Workspace.Refuse();
    }

    // The use has run, so the record is written even if the client has disconnected.
    private async ValueTask<CommitResult> RecordAsync(WaitingDecision waiting)
    {
        if (waiting.Decision is { } decision)
        {
            waiting.Note(await journal.CommitAsync(decision, CancellationToken.None));
        }

        return waiting.Result!.Value;
    }

    private static ApiAnswer ToAnswer(in TokenExchangeResult ended) =>
        ended.Outcome == TokenExchangeOutcome.Denied
            ? DenialAnswers.ToRefusal(ExchangeForm.Certificate, ended)
            : ended.Unavailable!;
}
