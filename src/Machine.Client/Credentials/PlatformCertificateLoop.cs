using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.Stored;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Credentials;

/// <summary>
/// Gets the platform certificate and renews it, with a new key each time. Each turn decides again:
/// <list type="table">
/// <item><term>none, expired, or withdrawn by the service</term><description>enrol with a proof (S11b: unaided, after any outage)</description></item>
/// <item><term>renewal point passed</term><description>renew over mTLS, with a fresh proof if there is one (S4); refused: enrol</description></item>
/// <item><term>enrolment demanded</term><description>enrol; the old certificate stays in use until that succeeds</description></item>
/// <item><term>otherwise</term><description>wait; the clock is checked every half minute, since the machine may have
/// been suspended</description></item>
/// </list>
/// A failure waits with exponential back-off; while a certificate is valid, several attempts fit into its remaining life.
/// </summary>
internal sealed class PlatformCertificateLoop<TFeed>(
    LoopContext<TFeed> context,
    IdentityAccess access,
    CredentialMetrics metrics,
    Func<MachineIdentity, CancellationToken, ValueTask> changed
)
    where TFeed : class
{
    // Repeated enrolment does not fix a refused feed.
    private static readonly TimeSpan DemandInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TolerableClockOffset = TimeSpan.FromSeconds(30);

    private readonly AsyncSignal signal = new(context.Time);
    private readonly RetrySchedule retries = new(context.Time, context.Unit);

    // Kept until its result is known: a repeat of it does not issue a second certificate.
    private readonly RepeatedRequest repeated = new();
    private DateTimeOffset renewAt;
    private DateTimeOffset? lastEnrolment;
    private volatile bool isDemanded;
    private volatile bool isProofInDoubt;
    private volatile bool isUnproven; // the service has not answered the feed since the last enrolment
    private long notBeforeTicks; // of an enrolment after the withdrawal of a certificate that the service never accepted

    private CredentialState<TFeed> State => context.State;

    /// <summary>Requests a new enrolment after the service did not accept the certificate, or cancels that.</summary>
    public void DemandEnrolment(bool isNeeded)
    {
        isDemanded = isNeeded;
        if (isNeeded)
        {
            signal.Set();
        }
        else
        {
            isUnproven = false;
        }
    }

    /// <summary>
    /// Enrols at once with a fresh proof after a withdrawal. If the service also refuses the new certificate without an
    /// answer in between, the machine waits before it enrols again.
    /// </summary>
    public void OnWithdrawn()
    {
        var notBefore = isUnproven ? context.Now + DemandInterval : DateTimeOffset.MinValue;
        Interlocked.Exchange(ref notBeforeTicks, notBefore.UtcTicks);
        isProofInDoubt = true;
        RetryNow();
    }

    /// <summary>Ends the wait after a failure: the service answers again, or the proof has changed.</summary>
    public void RetryNow()
    {
        retries.Waive();
        signal.Set();
    }

    /// <summary>Restores the last run's identity, expired or not, except one that the service withdrew (S10).</summary>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        if (context.Store.LoadIdentity() is not { } stored)
        {
            return;
        }

        if (stored.Withdrawal is { } reason)
        {
            State.RestoreWithdrawal(reason);
            return;
        }

        try
        {
            var (identity, trust) = Read(stored.Enrolment, Import(stored.KeyPem));
            await InstallAsync(
                identity,
                trust,
                stored.Enrolment.PlatformBundle.Epoch,
                isRestart: true,
                cancellationToken
            );
            Log.IdentityLoaded(
                context.Log,
                stored.Enrolment.SpiffeId,
                stored.Enrolment.Certificate.Serial,
                stored.Enrolment.Certificate.NotAfter
            );
        }
        catch (Exception e) when (e is CertificateUnusableException or CryptographicException or ArgumentException)
        {
            StateLog.StateUnreadable(context.Log, "The stored platform certificate");
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var wait = TimeUntilDue();
            if (wait > TimeSpan.Zero)
            {
                await signal.WaitAsync(wait, cancellationToken);
                continue;
            }

            retries.Begin();
            var (step, failure) = await AttemptAsync(cancellationToken);
            State.IdentityFailure = failure;
            metrics.CountRenewal("platform", failure);
            if (failure is null)
            {
                retries.Succeed();
                continue;
            }

            var delay = retries.Fail(failure, State.Identity?.Document.NotAfter);
            Log.EnrolmentFailed(context.Log, step, failure, Math.Round(delay.TotalSeconds, 1));
        }
    }

    private TimeSpan TimeUntilDue()
    {
        var now = context.Now;
        var due =
            State.Identity is not { } identity ? new DateTimeOffset(Interlocked.Read(ref notBeforeTicks), TimeSpan.Zero)
            : IsOver(identity, now) ? now
            : IsDemandDue(now) ? now
            : renewAt;
        var retry = retries.NotBefore;
        return (due > retry ? due : retry) - now;
    }

    private bool IsDemandDue(DateTimeOffset now) =>
        isDemanded && (lastEnrolment is not { } last || now - last >= DemandInterval);

    private async Task<(string Step, ApiFailure? Failure)> AttemptAsync(CancellationToken ct)
    {
        var now = context.Now;
        if (State is { Identity: { } identity, Client: { } client } && !IsOver(identity, now) && !IsDemandDue(now))
        {
            var failure = await RenewAsync(client, ct);

            // Only a refusal by the service ends the attempts to renew; an unreachable service is retried.
            if (failure is not { Kind: ApiFailureKind.Refused })
            {
                return ("renewal", failure);
            }
        }

        lastEnrolment = now;
        isDemanded = false;
        return ("enrolment", await EnrolAsync(ct));
    }

    private async Task<ApiFailure?> EnrolAsync(CancellationToken ct)
    {
        var way = access.Current;
        var isFresh = isProofInDoubt;
        isProofInDoubt = false; // for one attempt: the cached proof may still be valid
        var request = repeated.GetOrCreate();
        var answer = await way.Proofs.UseAsync(
            isFresh,
            proof => context.Dialect.EnrolAsync(way.Client, request, proof, ct),
            ct
        );
        repeated.Settle(answer.Failure);
        ReportClock(way.Client.ClockOffset);
        if (answer.Failure is { Kind: ApiFailureKind.Refused })
        {
            await way.Proofs.ForgetAsync(ct);
        }

        var failure = answer.IsSuccess
            ? await InstallAsync(answer.Value, request.Key, isRestart: true, ct)
            : answer.Failure;
        if (failure is null)
        {
            isUnproven = true;
            Log.Enrolled(
                context.Log,
                answer.Value!.SpiffeId,
                answer.Value.Certificate.Serial,
                answer.Value.Certificate.NotAfter
            );
        }

        return failure;
    }

    private async Task<ApiFailure?> RenewAsync(MachineClient client, CancellationToken ct)
    {
        var proof = await access.Current.Proofs.GetAsync(fresh: true, ct);
        if (!proof.IsSuccess)
        {
            Log.RenewedWithoutProof(context.Log, proof.Failure);
        }

        var request = repeated.GetOrCreate();
        var answer = await context.Dialect.RenewAsync(client, request, proof.Value, ct);
        repeated.Settle(answer.Failure);
        ReportClock(client.ClockOffset);
        var failure = answer.IsSuccess
            ? await InstallAsync(answer.Value, request.Key, isRestart: false, ct)
            : answer.Failure;
        if (failure is null)
        {
            Log.Renewed(context.Log, answer.Value!.Certificate.Serial, answer.Value.Certificate.NotAfter);
        }

        return failure;
    }

    // From here on the certificate exists: it is applied and stored even if the caller is cancelled.
    private async Task<ApiFailure?> InstallAsync(
        MachineEnrollment enrolment,
        AsymmetricAlgorithm key,
        bool isRestart,
        CancellationToken ct
    )
    {
        try
        {
            if (Check(enrolment) is { } error)
            {
                return Unusable(error);
            }

            // Stored first: a process that reads the folder, or a restarted machine, finds the certificate in use.
            var (identity, trust) = Read(enrolment, key);
            context.Store.SaveIdentity(enrolment, identity.Credential.ExportPrivateKeyPem());
            await InstallAsync(identity, trust, enrolment.PlatformBundle.Epoch, isRestart, ct);
            return null;
        }
        catch (CertificateUnusableException e)
        {
            return Unusable(e.Message);
        }
    }

    /// <summary>Why an answer does not match the request; null when it does.</summary>
    private string? Check(MachineEnrollment enrolment)
    {
        var certificate = enrolment.Certificate;
        if (
            !PlatformTrust.TryCreate(enrolment.TrustDomain, enrolment.PlatformBundle.Pem, out var trust)
            || !CertificatePem.TryRead(certificate.CertificatePem, out var leaf)
        )
        {
            return "The response's certificate or bundle is malformed.";
        }

        if (certificate.NotAfter <= context.Now)
        {
            return "The new certificate is expired by this machine's clock.";
        }

        // Verified at its time of issuance, so that a clock that is slightly slow does not refuse a new certificate.
        CertificatePem.TryRead(certificate.ChainPem, out var chain);
        X509Certificate2Collection presented = [.. chain ?? []];
        var result = new PeerVerifier(trust).Verify(leaf[0], presented, context.Dialect.OwnRole, certificate.IssuedAt);
        if (!result.IsAccepted)
        {
            return $"The new certificate is not valid ({result.Refusal}).";
        }

        return context.Dialect.IsOwn(result.Id)
            ? null
            : $"The new certificate is for {result.Id}, which is not this machine.";
    }

    private (MachineIdentity Identity, PlatformTrust Trust) Read(MachineEnrollment enrolment, AsymmetricAlgorithm key)
    {
        if (
            !PlatformTrust.TryCreate(enrolment.TrustDomain, enrolment.PlatformBundle.Pem, out var trust)
            || !SpiffeId.TryParse(enrolment.SpiffeId, out var id)
            || !Uri.TryCreate(enrolment.MachineUrl, UriKind.Absolute, out var told)
            || told.Scheme != Uri.UriSchemeHttps
        )
        {
            throw new CertificateUnusableException("The enrolment's bundle, identity or machine URL cannot be read.");
        }

        var identity = new MachineIdentity
        {
            Credential = KeyAndCertificate.Create(enrolment.Certificate, key),
            Document = enrolment.Certificate,
            SpiffeId = id,
            EnrolmentId = enrolment.Id,
            MachineUrl = access.Current.Options.MachineUrl ?? told,
        };
        return (identity, trust);
    }

    private async Task InstallAsync(
        MachineIdentity identity,
        PlatformTrust trust,
        long epoch,
        bool isRestart,
        CancellationToken ct
    )
    {
        State.AdoptTrust(trust, epoch, isRestart);
        renewAt = RenewalPlan.RenewAt(identity.Document, RenewalPlan.GetUnit(context.Dialect.Subject));

        // The old client finishes its last calls; its idle connections close automatically.
        State.Install(
            identity,
            new MachineClient(
                identity.MachineUrl,
                identity.Credential,
                () => State.Trust!,
                () => State.RevokedSerials,
                context.Time,
                context.NetworkTime,
                access.Current.Options.NetworkInForce
            )
        );
        await changed(identity, ct);
    }

    // Reported, never applied: a peer that can set the clock can stop the clock.
    private void ReportClock(TimeSpan? offset)
    {
        if (offset is { } off && off.Duration() > TolerableClockOffset)
        {
            Log.ClockDiffers(context.Log, Math.Round(off.Duration().TotalSeconds));
        }
    }

    private static bool IsOver(MachineIdentity identity, DateTimeOffset now) => now > identity.Document.NotAfter;

    private static ECDsa Import(string pem)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return key;
    }

    private static ApiFailure Unusable(string message) =>
        new()
        {
            Kind = ApiFailureKind.Malformed,
            Operation = "platform certificate",
            Message = message,
        };
}
