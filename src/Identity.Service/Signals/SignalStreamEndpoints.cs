using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Signals;

/// <summary><c>/v1/organizations/federation_issuers/{id}/signals</c>.</summary>
internal sealed class SignalStreamEndpoints(
    IssuerStore issuers,
    SignalStreamStore store,
    SignalStreamStates states,
    SignalPollTokens tokens,
    IssuerAddresses addresses,
    ServiceIdentity identity,
    IJournal journal,
    TimeProvider time
)
{
    private const int MaxLength = IssuerValidator.MaxUrlLength;
    private const int MaxTokenLength = 4096;

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindIssuerAsync(request, cancellationToken) is not { } issuer ? RequestErrors.NotFound.Refuse()
        : await store.FindAsync(issuer.Id, cancellationToken) is { } stream ? Answer(stream)
        : HasNone(issuer);

    /// <summary>Creates or replaces the stream.</summary>
    public async ValueTask<ApiAnswer> SetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(SignalsJson.Default.SetSignalStreamRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (await FindIssuerAsync(request, cancellationToken) is not { } issuer)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (issuer.IsArchived)
        {
            return FederationErrors.Archived.Refuse();
        }

        if (CheckDelivery(wanted) is { } contradictory)
        {
            return contradictory;
        }

        var known = await store.FindAsync(issuer.Id, cancellationToken);
        var now = time.GetStoreNow();
        var stream = new SignalStream
        {
            IssuerId = issuer.Id,
            OrganizationId = issuer.OrganizationId,
            TransmitterIssuer = wanted.TransmitterIssuer,
            JwksUri = wanted.JwksUri,
            Audience = wanted.Audience ?? SignalStream.GetPushUrl(identity.PublicUrl, issuer.Id),
            IsEnabled = wanted.Enabled,
            CreatedAt = known?.CreatedAt ?? now,
            CreatedBy = known?.CreatedBy ?? request.Caller.ActorId,
            UpdatedAt = now,
            UpdatedBy = request.Caller.ActorId,
            LastReceivedAt = known?.LastReceivedAt,
            PollUrl = wanted.PollUrl,
            SealedPollToken = SealPollToken(issuer.Id, wanted, known),
            LastPolledAt = known?.LastPolledAt,
        };
        if (Check(stream, issuer) is { } malformed)
        {
            return malformed;
        }

        var keys = new IssuerFetch(new Uri(stream.JwksUri), "jwks_uri", stream.ToTransmitter(issuer));
        IReadOnlyList<IssuerFetch> fetches =
            stream.Delivery == SignalDelivery.Poll ? [keys, SignalPollClient.ToFetch(issuer, stream)] : [keys];
        foreach (var fetch in fetches)
        {
            if (await addresses.CheckAsync(fetch, request.Caller, cancellationToken) is { } unreachable)
            {
                return unreachable;
            }
        }

        var refused = await CommitAsync(
            request,
            AuditEvents.SignalStreamSet,
            stream,
            store.Set(stream),
            cancellationToken
        );
        return refused is null ? Answer(stream) : refused;
    }

    public async ValueTask<ApiAnswer> RemoveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindIssuerAsync(request, cancellationToken) is not { } issuer)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (await store.FindAsync(issuer.Id, cancellationToken) is not { } stream)
        {
            return HasNone(issuer);
        }

        var refused = await CommitAsync(
            request,
            AuditEvents.SignalStreamRemoved,
            stream,
            store.Remove(issuer.Id),
            cancellationToken
        );
        if (refused is not null)
        {
            return refused;
        }

        states.Forget(issuer.Id);
        return ApiAnswer.Json(
            new SignalStreamRemovedDocument(issuer.Id.Value),
            SignalsJson.Default.SignalStreamRemovedDocument
        );
    }

    private static Refusal? Check(SignalStream stream, Issuer issuer) =>
        CheckText("transmitter_issuer", stream.TransmitterIssuer)
        ?? CheckText("audience", stream.Audience)
        ?? IssuerValidator.CheckFetch("jwks_uri", stream.JwksUri, issuer)
        ?? (stream.PollUrl is { } url ? IssuerValidator.CheckFetch("poll_url", url, issuer) : null);

    private static Refusal? CheckDelivery(SetSignalStreamRequest wanted) =>
        WireNames.Find<SignalDelivery>(wanted.Delivery) switch
        {
            null => RequestErrors.Invalid.Refuse($"delivery: {WireNames.All<SignalDelivery>()} is required."),
            SignalDelivery.Poll when wanted.PollUrl is null => RequestErrors.Invalid.Refuse(
                "poll_url: with the delivery poll, a URL is required."
            ),
            SignalDelivery.Push when wanted.PollUrl is not null || wanted.PollToken is not null =>
                RequestErrors.Invalid.Refuse("poll_url, poll_token: only with the delivery poll."),
            _ => wanted.PollToken is { } token ? CheckText("poll_token", token, MaxTokenLength) : null,
        };

    // A token is kept for the URL for which it was given, and for no other one.
    private byte[]? SealPollToken(IssuerId issuerId, SetSignalStreamRequest wanted, SignalStream? known)
    {
        var token =
            wanted.PollToken ?? (known is not null && known.PollUrl == wanted.PollUrl ? tokens.Unseal(known) : null);
        return token is null ? null : tokens.Seal(issuerId, token);
    }

    private static Refusal? CheckText(string member, string text, int maxLength = MaxLength) =>
        text.Length is 0 || text.Length > maxLength || text.Any(c => c is <= ' ' or > '~')
            ? RequestErrors.Invalid.Refuse(
                $"{member}: 1 to {maxLength} printable ASCII characters without blanks are required."
            )
            : null;

    private static Refusal HasNone(Issuer issuer) =>
        RequestErrors
            .NotFound.Refuse("The issuer has no stream of security events.")
            .With("next", $"culvert issuer signals set {issuer.Id.Value} --transmitter URL --jwks-uri URL");

    private ValueTask<Issuer?> FindIssuerAsync(ApiRequest request, CancellationToken cancellationToken) =>
        issuers.FindAsync(request.Caller.OrganizationId, request.Route("id"), cancellationToken);

    private async ValueTask<Refusal?> CommitAsync(
        ApiRequest request,
        string name,
        SignalStream stream,
        Statement statement,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new SignalStreamAudited(name, AuditOrigin.From(request, time.GetUtcNow()), stream),
                Statements = [statement],
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted();
    }

    private ApiAnswer Answer(SignalStream stream) =>
        ApiAnswer.Json(
            SignalStreamDocument.From(
                stream,
                identity.PublicUrl,
                states.FindRefusal(stream.IssuerId),
                states.FindFetchFailure(stream.IssuerId)
            ),
            SignalsJson.Default.SignalStreamDocument
        );
}
