using Culvert.Machine.Client.Calls;
using Culvert.Platform.Certificates;

namespace Culvert.Machine.Client.Credentials;

/// <summary>
/// The request whose result is unknown: a repeat with the same <c>Idempotency-Key</c> does not issue a second
/// certificate. A failed node leaves it pending for a minute. The client does not wait for that, since a new request
/// costs no more than an unused certificate.
/// </summary>
internal sealed class RepeatedRequest
{
    // Consecutive "pending" answers; the service asks for a second between them.
    private const int MaxPending = 2;

    private PendingRequest? request;
    private int pending;

    /// <summary>The stored request, or a new one with a new key.</summary>
    public PendingRequest GetOrCreate(KeyType type = KeyType.EcdsaP256) => request ??= PendingRequest.Create(type);

    /// <summary>Stores a request again although it was answered.</summary>
    public void Set(PendingRequest request) => this.request = request;

    /// <summary>Ends an attempt. The request is kept only while its result is unknown.</summary>
    public void Settle(ApiFailure? failure)
    {
        pending = failure is { IsPending: true } ? pending + 1 : 0;
        if (failure is not { IsUndecided: true } || pending >= MaxPending)
        {
            (request, pending) = (null, 0);
        }
    }
}
