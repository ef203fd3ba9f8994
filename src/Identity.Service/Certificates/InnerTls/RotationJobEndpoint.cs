using System.Globalization;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.InnerTls;

/// <summary>
/// <c>POST /v1/certificates</c> (8443): issues a server certificate to a rotation job, which updates the files of
/// another program's proxy. Requires a token with the scope <c>certificate:issue</c>, or an assertion in the body that
/// an exchange would turn into one.
/// </summary>
internal sealed class RotationJobEndpoint(
    DirectExchange exchange,
    KnownTunnels tunnels,
    IFederationValidity federation,
    ServerCertificates server,
    CurrentBundles bundles
)
{
    public async ValueTask<ApiAnswer> IssueAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (exchange.TryBegin(request) is { } busy)
        {
            return busy;
        }

        var read = await SigningRequests.ReadAssertedAsync(
            request,
            WireJson.Default.ServerCertificateRequest,
            static body => body.Csr,
            cancellationToken
        );
        if (!read.IsOk)
        {
            return read.Refusal;
        }

        var (wanted, csr) = read.Value;
        return await exchange.RunAsync(
            request,
            wanted,
            waiting => IssueAsync(request, wanted, csr, waiting, cancellationToken),
            cancellationToken
        );
    }

    private async ValueTask<ApiAnswer> IssueAsync(
        ApiRequest request,
        ServerCertificateRequest wanted,
        ProvenRequest csr,
        WaitingDecision? waiting,
        CancellationToken cancellationToken
    )
    {
        var caller = request.Caller;
        var found = await tunnels.FindAsync(wanted.TunnelId, cancellationToken);
        if (!TunnelAdmission.AdmitJob(found, caller).TryGet(out var tunnel, out var refusal))
        {
            return refusal;
        }

        var proof = EnrollmentProof.From(caller);
        var outcome = await server.IssueAsync(
            tunnel,
            tunnel.Domain,
            csr,
            new LeafRequest
            {
                Cause = request.Cause,
                Principal = proof.Principal,
                Life = wanted.LifetimeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                NotBefore = wanted.NotBefore,
                Idempotency = csr.KeyFor(
                    string.Join('\n', "rotation-job", tunnel.Id.Value, proof.Principal),
                    tunnel.Domain,
                    wanted.LifetimeSeconds?.ToString(CultureInfo.InvariantCulture) ?? "",
                    wanted.NotBefore?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) ?? ""
                ),
                // The rule may have been disabled since the token was checked: the intent's commit checks it again.
                Exchange = waiting,
                WithIntent = federation.Require(tunnel.WorkspaceId, proof, tunnel.Id.Value),
            },
            cancellationToken
        );
        return outcome.Document is { } document
            ? ApiAnswer.Json(
                new ServerCertificateDocument
                {
                    TunnelId = tunnel.Id.Value,
                    Certificate = document,
                    TrustBundle = waiting is null ? null : await bundles.FindAsync(tunnel.Id, cancellationToken),
                },
                WireJson.Default.ServerCertificateDocument
            )
            : outcome.Refusal!;
    }
}
