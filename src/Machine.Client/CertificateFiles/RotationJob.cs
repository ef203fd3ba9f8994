using Culvert.Machine.Client.Calls;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>
/// One run over a folder. The private key is generated here and never leaves the machine. The request is stored before
/// it is sent and dropped after its certificate is current, so that a run after a lost answer or a crash gets the same
/// certificate and not a second one.
/// </summary>
public sealed class RotationJob(
    CertificateFolder folder,
    RotationClient client,
    RotationOptions options,
    TimeProvider time
)
{
    // The first request with the same key may still be running; the service's own deadline bounds it.
    private const int PendingTries = 20;
    private static readonly TimeSpan PendingWait = TimeSpan.FromSeconds(1);

    /// <exception cref="CertificateFolderException">
    /// The folder is another service's or tunnel's, or a disk error.
    /// </exception>
    public async Task<RotationResult> RunAsync(CancellationToken cancellationToken)
    {
        var present = folder.Current;
        if (present is not null && (present.TunnelId != options.TunnelId || present.Url != options.Url))
        {
            throw new CertificateFolderException(
                $"{folder.Path} contains a certificate of tunnel {present.TunnelId} of {present.Url}: name another folder for tunnel {options.TunnelId} of {options.Url}."
            );
        }

        if (
            present is null
            || DueAt(present) <= Now
            || folder.ReadCurrent() is not { } pair
            || pair.Serial != present.Serial
        )
        {
            return await RenewAsync(cancellationToken);
        }

        var advice = await client.AdviseAsync(options.TunnelId, present.Serial, cancellationToken);
        if (!advice.IsSuccess)
        {
            return advice.Failure.Kind == ApiFailureKind.Refused
                ? Failed(advice.Failure)
                : CreateResult(RotationOutcome.Unchanged, advice.Failure);
        }

        if (RotationSchedule.IsCalledBack(advice.Value, options.Unit, Now))
        {
            return await RenewAsync(cancellationToken);
        }

        var bundle = advice.Value.TrustBundle;
        if (bundle.Epoch == present.BundleEpoch && bundle.Pem == folder.ReadBundle())
        {
            return CreateResult(RotationOutcome.Unchanged);
        }

        // Clients that have only this bundle would refuse the leaf: then both change, or neither.
        return Vouches(bundle, pair)
            ? File(RotationOutcome.BundleChanged, present with { BundleEpoch = bundle.Epoch }, pair, bundle)
            : await RenewAsync(cancellationToken);
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private DateTimeOffset DueAt(FiledCertificate certificate) =>
        RotationSchedule.DueAt(certificate, options.RenewBefore, options.Unit);

    private async Task<RotationResult> RenewAsync(CancellationToken cancellationToken)
    {
        var kept = folder.LoadRequest(options.Url, options.TunnelId);
        var first = await ObtainAsync(kept, cancellationToken);
        // The certificate of an old request may already be due for renewal. It is not worth a change.
        return first.Issued is { } issued && kept is not null && DueAt(Record(issued.Certificate, 0)) <= Now
            ? await StoreAsync(await ObtainAsync(null, cancellationToken), cancellationToken)
            : await StoreAsync(first, cancellationToken);
    }

    private async Task<(PendingRequest Request, ServerCertificateDocument? Issued, ApiFailure? Failure)> ObtainAsync(
        PendingRequest? kept,
        CancellationToken cancellationToken
    )
    {
        var request = kept ?? PendingRequest.Create(options.KeyType);
        if (kept is null)
        {
            folder.SaveRequest(options.Url, options.TunnelId, request);
        }

        for (var tries = 1; ; tries++)
        {
            var answer = await client.IssueAsync(options.TunnelId, request, cancellationToken);
            if (answer.IsSuccess)
            {
                return (request, answer.Value, null);
            }

            if (answer.Failure is not { Kind: ApiFailureKind.Refused, IsUndecided: true } || tries == PendingTries)
            {
                if (!answer.Failure.IsUndecided)
                {
                    folder.DropRequest();
                }

                return (request, null, answer.Failure);
            }

            await Task.Delay(PendingWait, time, cancellationToken);
        }
    }

    private async Task<RotationResult> StoreAsync(
        (PendingRequest Request, ServerCertificateDocument? Issued, ApiFailure? Failure) obtained,
        CancellationToken cancellationToken
    )
    {
        if (obtained.Issued is not { } issued)
        {
            return Failed(obtained.Failure!);
        }

        // The bundle is fetched after the certificate: an earlier one might not vouch for it yet.
        if (issued.TrustBundle is not { } bundle)
        {
            var advice = await client.AdviseAsync(options.TunnelId, null, cancellationToken);
            if (!advice.IsSuccess)
            {
                return Failed(advice.Failure);
            }

            bundle = advice.Value.TrustBundle;
        }

        try
        {
            var pair = KeyAndCertificate.Create(issued.Certificate, obtained.Request.Key);
            if (pair.NotAfter <= Now)
            {
                folder.DropRequest();
                return Failed(Unusable("The new certificate is expired by this machine's clock: set the clock."));
            }

            return Vouches(bundle, pair)
                ? File(RotationOutcome.Renewed, Record(issued.Certificate, bundle.Epoch), pair, bundle)
                : Failed(
                    Unusable("The tunnel's trust bundle does not vouch for the new certificate.") with
                    {
                        Kind = ApiFailureKind.Unavailable,
                    }
                );
        }
        catch (CertificateUnusableException e)
        {
            folder.DropRequest();
            return Failed(Unusable(e.Message));
        }
    }

    private RotationResult File(
        RotationOutcome outcome,
        FiledCertificate record,
        KeyAndCertificate pair,
        BundleDocument bundle
    )
    {
        if (options.HasCommand)
        {
            folder.OweCommand();
        }

        folder.Write(record, pair, bundle.Pem);
        if (outcome == RotationOutcome.Renewed)
        {
            folder.DropRequest();
        }

        return CreateResult(outcome);
    }

    private FiledCertificate Record(CertificateDocument issued, long epoch) =>
        FiledCertificate.Create(options.Url, options.TunnelId, issued, epoch);

    private bool Vouches(BundleDocument bundle, KeyAndCertificate pair) =>
        CertificatePem.TryRead(bundle.Pem, out var anchors) && TrustAnchors.VouchFor(anchors, pair, Now);

    private RotationResult Failed(ApiFailure failure) => CreateResult(RotationOutcome.Failed, failure);

    private RotationResult CreateResult(RotationOutcome outcome, ApiFailure? failure = null) =>
        new(outcome, folder.Current, failure) { DueAt = folder.Current is { } current ? DueAt(current) : null };

    private static ApiFailure Unusable(string message) =>
        new()
        {
            Kind = ApiFailureKind.Malformed,
            Operation = "server certificate",
            Message = message,
        };
}
