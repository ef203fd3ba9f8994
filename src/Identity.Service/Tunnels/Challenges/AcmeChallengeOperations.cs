using Culvert.Identity.Service.Http;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Challenges;

internal static class AcmeChallengeOperations
{
    public static readonly Operation Announce = Operation
        .Post("announce_acme_challenge", "/v1/agent/acme_challenges", Access.Agent)
        .Describe(
            "Announce an ACME challenge",
            "Announces a TLS-ALPN-01 challenge for a name, so that edges let its validation through."
        )
        .Accepts<AcmeChallengeRequest>()
        .Returns<AcmeChallengeDocument>();

    public static readonly Operation Get = Operation
        .Get("get_acme_challenge", "/v1/agent/acme_challenges/{challenge_id}", Access.Agent)
        .Describe("Get an ACME challenge", "The edges that have not acknowledged the challenge.")
        .Returns<AcmeChallengeDocument>();

    public static readonly Operation Remove = Operation
        .Delete("end_acme_challenge", "/v1/agent/acme_challenges/{challenge_id}", Access.Agent)
        .Describe("Remove an ACME challenge", "Edges then refuse validations of the name.")
        .Returns(StatusCodes.Status204NoContent);

    public static readonly Operation AcknowledgeByAgent = Operation
        .Post(
            "acknowledge_acme_challenge_as_agent",
            "/v1/agent/acme_challenges/{challenge_id}/acknowledgements",
            Access.Agent
        )
        .Describe("Acknowledge an ACME challenge as an agent", "The agent reports that it responds to the challenge.")
        .Returns(StatusCodes.Status204NoContent);

    public static readonly Operation AcknowledgeByEdge = Operation
        .Post(
            "acknowledge_acme_challenge_as_edge",
            "/v1/edge/acme_challenges/{challenge_id}/acknowledgements",
            Access.Edge
        )
        .Describe(
            "Acknowledge an ACME challenge as an edge",
            "The edge states that it lets validations of the name through."
        )
        .Returns(StatusCodes.Status204NoContent);
}
