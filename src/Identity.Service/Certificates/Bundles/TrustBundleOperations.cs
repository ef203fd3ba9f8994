using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.Bundles;

internal static class TrustBundleOperations
{
    public static readonly Operation Get = Operation
        .Get("get_trust_bundle", "/v1/tunnels/{tunnel_id}/trust_bundle", Access.AnyCredential, RoleSet.Viewing)
        .Describe(
            "Get the trust bundle of a tunnel",
            "The certificates that clients of the tunnel must trust, with their epoch. With since and wait the "
                + "request waits for the next epoch and returns 304 if there is none. Administrators and relying "
                + "parties can call it."
        )
        .WithQuery("since", "wait")
        .Returns<TrustBundleDocument>()
        .Returns(StatusCodes.Status304NotModified);

    public static readonly Operation Acknowledge = Operation
        .Post("acknowledge_trust_bundle", "/v1/tunnels/{tunnel_id}/trust_bundle/acknowledgements", Access.AnyCredential)
        .Describe(
            "Acknowledge a trust bundle",
            "A relying party states that it uses the trust bundle of an epoch that was served to it. Rotations wait "
                + "for this."
        )
        .Accepts<AcknowledgementRequest>()
        .Returns<AcknowledgementDocument>();
}
