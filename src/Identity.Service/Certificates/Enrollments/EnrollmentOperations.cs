using Culvert.Identity.Service.Http;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates.Enrollments;

internal static class EnrollmentOperations
{
    public static readonly Operation EnrolAgent = Operation
        .Post("enrol_agent", "/v1/agent/enrollments", Access.AnyCredential.OrAssertion())
        .Describe(
            "Enrol an agent",
            "Binds an instance of an agent to its tunnel and issues its platform certificate. The credential is an "
                + "access token with the scope `tunnel:agent` or the tunnel token. The body may have the assertion of "
                + "a token exchange instead."
        )
        .Accepts<AgentEnrollmentRequest>()
        .Returns<AgentEnrollment>();

    public static readonly Operation EnrolEdge = Operation
        .Post("enrol_edge", "/v1/edge/enrollments", Access.AnyCredential.OrAssertion())
        .Describe(
            "Enrol an edge",
            "Issues the platform certificate of a registered edge. The credential is an access token with the scope "
                + "`edge:serve`. The body may have the assertion of a token exchange instead."
        )
        .Accepts<EdgeEnrollmentRequest>()
        .Returns<EdgeEnrollment>();

    public static readonly Operation RenewAgent = Operation
        .Post("renew_agent_certificate", "/v1/agent/renewals", Access.Agent)
        .Describe(
            "Renew an agent's platform certificate",
            "Issues the next platform certificate after the enrolment was checked again. A fresh credential in the "
                + "request resets the time since the last proof."
        )
        .Accepts<CertificateSigningRequest>()
        .Returns<AgentEnrollment>();

    public static readonly Operation RenewEdge = Operation
        .Post("renew_edge_certificate", "/v1/edge/renewals", Access.Edge)
        .Describe(
            "Renew an edge's platform certificate",
            "Issues the next platform certificate after the edge's registration was checked again."
        )
        .Accepts<CertificateSigningRequest>()
        .Returns<EdgeEnrollment>();
}
