using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Jose.Refusals;

namespace Culvert.Identity.Service.Signals;

/// <summary>
/// <c>POST /signals/{id}</c> (RFC 8935): the signature of the token authenticates the transmitter.
/// </summary>
internal sealed class SignalPushEndpoint(
    FederationDirectory directory,
    SignalStreamStore store,
    SignalReceiver receiver,
    SignalStreamStates states,
    ExchangeLimits limits
)
{
    public const string MediaType = "application/secevent+jwt";

    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (limits.TryTake() is { } limited)
        {
            return limited;
        }

        // The id of an unknown, archived or other issuer and a disabled or polled stream are answered alike.
        if (!(await FindAsync(request.Route("id"), cancellationToken)).TryGet(out var found, out var notFound))
        {
            return notFound;
        }

        var (issuer, stream) = found;
        var refusal = await ReceiveAsync(request, issuer, stream, cancellationToken);
        if (refusal is null)
        {
            return ApiAnswer.Accepted;
        }

        states.Note(stream.IssuerId, refusal);
        return refusal;
    }

    private async ValueTask<Refusal?> ReceiveAsync(
        ApiRequest request,
        Issuer issuer,
        SignalStream stream,
        CancellationToken cancellationToken
    )
    {
        if (!RequestBody.HasMediaType(request.Http.Request, MediaType))
        {
            return SignalErrors.InvalidRequest.Refuse($"content-type: {MediaType} is required.");
        }

        if (await RequestBody.ReadBytesAsync(request.Http, JoseLimits.MaxTokenBytes, cancellationToken) is not { } body)
        {
            return RequestErrors.TooLarge.Refuse();
        }

        var actor = new AuditActor
        {
            Type = SignalStream.ActorType,
            Id = stream.IssuerId.Value,
            IpAddress = request.Source.ToString(),
            UserAgent = AuditActor.Bounded(request.UserAgent),
        };
        return await receiver.ReceiveAsync(
            new AuditCause(actor, request.RequestId),
            issuer,
            stream,
            body,
            tokenId: null,
            cancellationToken
        );
    }

    private async ValueTask<Result<(Issuer, SignalStream)>> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (directory.IsStale)
        {
            return StorageErrors.Unavailable.Refuse();
        }

        return
            IssuerId.TryParse(id, out var issuerId)
            && directory.Current.Issuers.Find(id)?.Issuer is { IsArchived: false } issuer
            && await store.FindAsync(issuerId, cancellationToken)
                is { IsEnabled: true, Delivery: SignalDelivery.Push } stream
            ? (issuer, stream)
            : RequestErrors.NotFound.Refuse();
    }
}
