using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Signals;

internal static class SignalOperations
{
    private const string Stream = "/v1/organizations/federation_issuers/{id}/signals";

    public static readonly Operation Get = Operation
        .Get("get_signal_stream", Stream, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe(
            "Get the signal stream of an issuer",
            "Where security event tokens of the identity provider's transmitter are pushed or polled, and what is known of "
                + "the last ones."
        )
        .Returns<SignalStreamDocument>();

    public static readonly Operation Set = Operation
        .Post("set_signal_stream", Stream, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Set the signal stream of an issuer",
            "Creates or replaces the stream: tokens of the transmitter withdraw the access of the identity provider's "
                + "people. Configure push_url and the audience at the transmitter; with the delivery poll (RFC 8936), the "
                + "service gets the tokens from poll_url."
        )
        .Accepts<SetSignalStreamRequest>()
        .Returns<SignalStreamDocument>();

    public static readonly Operation Remove = Operation
        .Delete("remove_signal_stream", Stream, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Remove the signal stream of an issuer",
            "Its tokens are refused. What they withdrew stays withdrawn."
        )
        .Returns<SignalStreamRemovedDocument>();

    public static readonly Operation Push = Operation
        .Post("push_security_event", $"{SignalStream.PushPath}/{{id}}", Access.AnonymousSecurityEvents)
        .Describe(
            "Push a security event token",
            "The delivery of one token by a transmitter (RFC 8935). 202: the token has taken effect or is recorded, or "
                + "it was received before. 400 has err and description; 404: there is no enabled stream of that issuer to "
                + "which tokens are pushed."
        )
        .AcceptsBytes(SignalPushEndpoint.MediaType)
        .Returns(StatusCodes.Status202Accepted);
}
