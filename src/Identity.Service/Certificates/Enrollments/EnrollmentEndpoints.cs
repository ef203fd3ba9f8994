using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>
/// <c>POST /v1/agent/enrollments</c> and <c>POST /v1/edge/enrollments</c> (8443), <c>POST /v1/agent/renewals</c> and
/// <c>POST /v1/edge/renewals</c> (8444): the steps that are the same for both kinds of machines.
/// </summary>
internal sealed class EnrollmentEndpoints<TBody, TState>(
    IMachineEnroller<TBody, TState> enroller,
    DirectExchange exchange,
    IAuthenticator authenticator,
    Current<CertificateOptions> options,
    TimeProvider time
)
    where TBody : EnrollmentRequest
    where TState : EnrollmentState
{
    public async ValueTask<ApiAnswer> EnrolAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (exchange.TryBegin(request) is { } busy)
        {
            return busy;
        }

        var read = await SigningRequests.ReadAssertedAsync(
            request,
            enroller.BodyType,
            static body => body.Csr,
            cancellationToken
        );
        if (!read.IsOk)
        {
            return read.Refusal;
        }

        var (body, csr) = read.Value;
        if (enroller.Check(body) is { } invalid)
        {
            return invalid;
        }

        return await exchange.RunAsync(
            request,
            body,
            waiting =>
            {
                var leaf = new LeafRequest { Cause = request.Cause, Exchange = waiting };
                return enroller.EnrolAsync(
                    new MachineRequest(request, csr, leaf),
                    body,
                    ToProof(request.Caller),
                    cancellationToken
                );
            },
            cancellationToken
        );
    }

    public async ValueTask<ApiAnswer> RenewAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var read = await SigningRequests.ReadAsync(
            request,
            WireJson.Default.CertificateSigningRequest,
            static body => body.Csr,
            cancellationToken
        );
        if (!read.IsOk)
        {
            return read.Refusal;
        }

        if (await enroller.FindAsync(request, cancellationToken) is not { } enrollment)
        {
            return EnrollmentErrors.RenewalUnknown.Refuse();
        }

        FreshProof? proof = null;
        if (Credentials.ArePresent(request.Http))
        {
            var presented = await authenticator.AuthenticateAsync(request.Http, cancellationToken);
            if (!presented.IsOk)
            {
                return presented.Refusal;
            }

            proof = ToProof(presented.Value);
        }

        var leaf = new LeafRequest { Cause = AuditCause.From(request.Peer, request) };
        return await enroller.RenewAsync(
            new MachineRequest(request, read.Value.Proven, leaf),
            enrollment,
            proof,
            cancellationToken
        );
    }

    private FreshProof ToProof(Caller caller)
    {
        var now = time.GetUtcNow();
        return new FreshProof(caller, now, now + options.Value.PlatformLife);
    }
}
