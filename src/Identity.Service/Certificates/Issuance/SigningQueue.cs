using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// The way to the authorities' keys. It is bounded: what would wait too long is refused before a serial number is used.
/// Keys in memory sign at once, in the request. A key in an HSM signs on a few threads of its own, and a caller that
/// waited for it longer than <see cref="SignerTimeout"/> gets a refusal that says so; a call that hangs holds its
/// thread and nothing else.
/// </summary>
internal sealed class SigningQueue(Current<LimitOptions> limits, TimeProvider time) : IDisposable
{
    /// <summary>An HSM on a network answers within a second; ten are an error.</summary>
    public static readonly TimeSpan SignerTimeout = TimeSpan.FromSeconds(10);

    // HSMs serialise what one session asks; more than a few calls at once only move the queue.
    private const int RemoteCalls = 4;

    private readonly SemaphoreSlim calls = new(RemoteCalls, RemoteCalls);
    private int waiting;

    /// <summary>Takes a place; null = the caller has one and must <see cref="Leave"/>.</summary>
    public Refusal? TryEnter()
    {
        if (Interlocked.Increment(ref waiting) <= limits.Value.SigningQueue)
        {
            return null;
        }

        Leave();
        return IssuanceErrors.QueueFull.Refuse() with { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    public void Leave() => Interlocked.Decrement(ref waiting);

    /// <summary>Signs, or says why not. Never throws for what a device does.</summary>
    public ValueTask<CaResult<IssuedCertificate>> SignAsync(IssuancePlan plan, IssuerKey key) =>
        SignAsync(() => plan.Redeem(key), key.IsRemote);

    /// <summary>The same for whatever else an authority's key signs.</summary>
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
            // What the device still answers is thrown away with the plan.
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
            // For a caller that gave up while it waited for a thread, nothing is signed.
            return await Task.Run(sign, limit);
        }
        finally
        {
            calls.Release();
        }
    }
}
