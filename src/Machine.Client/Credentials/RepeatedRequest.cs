using Culvert.Machine.Client.Calls;
using Culvert.Platform.Certificates;

namespace Culvert.Machine.Client.Credentials;

/// <summary>
/// The request whose fate is unknown, kept for the next attempt: repeated with its own <c>Idempotency-Key</c> the
/// repeat does not issue a second certificate. A node that ended half-way leaves it pending for a minute; the client
/// does not wait for that, since a new request costs no more than an unused certificate.
/// </summary>
internal sealed class RepeatedRequest
{
    // Answers that it is pending, in a row; the service asks for a second between them.
    private const int MaxPending = 2;

    private PendingRequest? kept;
    private int pending;

    /// <summary>The kept one, or a new one with a key of its own.</summary>
    public PendingRequest Take(KeyType type = KeyType.EcdsaP256) => kept ??= PendingRequest.Create(type);

    /// <summary>Takes one up again although it was answered.</summary>
    public void Keep(PendingRequest request) => kept = request;

    /// <summary>An attempt with it ended; null = it has done its duty.</summary>
    public void Settle(ApiFailure? failure)
    {
        pending = failure is { IsPending: true } ? pending + 1 : 0;
        if (failure is not { IsUndecided: true } || pending >= MaxPending)
        {
            (kept, pending) = (null, 0);
        }
    }
}
