using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// The bounded queue for the authorities' keys: a request that would wait too long is refused before a serial number is
/// used. Keys in memory sign in the request. A key in an HSM signs on a few threads of its own; a caller that waits
/// longer than <see cref="SignerTimeout"/> is refused, and a call that hangs blocks only its thread.
/// </summary>
internal sealed class SigningQueue(Current<LimitOptions> limits, TimeProvider time) : IDisposable
{
    /// <summary>An HSM on a network answers within a second; ten seconds are an error.</summary>
    public static readonly TimeSpan SignerTimeout = TimeSpan.FromSeconds(10);

    // HSMs serialize the calls of a session; more than a few concurrent calls only move the queue.
    private const int RemoteCalls = 4;

    private readonly SemaphoreSlim calls = new(RemoteCalls, RemoteCalls);
    private int waiting;

    /// <summary>Takes a place in the queue; null = the caller has one and must <see cref="Release"/>.</summary>
    public Refusal? TryEnter()
    {
        if (Interlocked.Increment(ref waiting) <= limits.Value.SigningQueue)
        {
            return null;
        }

        Release();
        return IssuanceErrors.QueueFull.Refuse() with { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    public void Release() => Interlocked.Decrement(ref waiting);

    /// <summary>Signs, or returns the reason for the failure. Never throws for an error of a device.</summary>
    public ValueTask<CaResult<IssuedCertificate>> SignAsync(IssuancePlan plan, IssuerKey key) =>
        SignAsync(() => plan.Redeem(key), key.IsRemote);

    public ValueTask<CaResult<T>> SignAsync<T>(Func<CaResult<T>> sign, bool isRemote)
        where T : class => isRemote ? SignRemoteAsync(sign) : new(sign());

    public void Dispose() => calls.Dispose();

    private async ValueTask<CaResult<T>> SignRemoteAsync<T>(Func<CaResult<T>> sign)
        where T : class
    {
        var began = time.GetTimestamp();
        using var limit = new CancellationTokenSource(SignerTimeout, time);
        try
        {
            return await CallAsync(sign, limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // A late answer of the device is discarded with the plan.
            return new CaRefusal(CaErrorCodes.SignerUnavailable, "Signing with the authority's key timed out.");
        }
        finally
        {
            ServiceMeters.SignerSeconds.Record(time.GetElapsedTime(began).TotalSeconds);
        }
    }

    private async Task<CaResult<T>> CallAsync<T>(Func<CaResult<T>> sign, CancellationToken limit)
        where T : class
    {
        await calls.WaitAsync(limit);
        try
        {
            // If the caller gave up while it waited for a thread, nothing is signed.
            return await Task.Run(sign, limit);
        }
        finally
        {
            calls.Release();
        }
    }
}
