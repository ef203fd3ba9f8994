using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Documentation.Operations;

internal static class MachineOperations
{
    public static void Describe(OperationTable table)
    {
        table
            .Add(
                "POST /v1/agent/renewals",
                "renew_agent_certificate",
                "Renew an agent's platform certificate",
                "Issues the next platform certificate after the enrolment was checked again. A fresh credential "
                    + "in the request resets the time since the last proof."
            )
            .Takes<CertificateSigningRequest>()
            .Answers<AgentEnrollment>();
        table
            .Add(
                "POST /v1/agent/server_certificates",
                "issue_agent_server_certificate",
                "Issue an inner TLS certificate",
                "Signs the server certificate for the tunnel's domain, or for the domain of another provider's tunnel that an operator "
                    + "approved (hostname *.DOMAIN), with the tunnel's active authority. Refused to enrolments by tunnel token."
            )
            .Takes<AgentServerCertificateRequest>()
            .Answers<ServerCertificateDocument>();
        table
            .Add(
                "GET /v1/agent/feed",
                "get_agent_feed",
                "Get the feed of an agent",
                "The complete state of its tunnel for an agent, at one revision. With since and wait the "
                    + "request waits for a change and returns 204 if there is none. With probe=true the request neither waits nor "
                    + "counts as a contact of the agent: a doctor uses it."
            )
            .Query("held", "probe", "since", "wait")
            .Answers<AgentFeed>()
            .Answers(StatusCodes.Status204NoContent);
        table
            .Add(
                "POST /v1/agent/reports",
                "report_as_agent",
                "Report as an agent",
                "Reports the state in use by the agent: revision, epochs, serials, routes. It acknowledges the "
                    + "trust bundle and the platform bundle."
            )
            .Takes<AgentReport>()
            .Answers(StatusCodes.Status204NoContent);
        table
            .Add(
                "POST /v1/agent/checkpoints",
                "submit_agent_checkpoint",
                "Submit a checkpoint of an agent's record of calls",
                "Stores how far the agent's record of calls reaches, signed by the agent, and adds it to the transparency "
                    + "log. A checkpoint that contradicts an earlier one is stored as evidence."
            )
            .Takes<AgentCheckpointSubmission>()
            .Answers(StatusCodes.Status204NoContent);
        table
            .Add(
                "POST /v1/agent/acme_challenges",
                "announce_acme_challenge",
                "Announce an ACME challenge",
                "Announces a TLS-ALPN-01 challenge for a name, so that edges let its validation through."
            )
            .Takes<AcmeChallengeRequest>()
            .Answers<AcmeChallengeDocument>();
        table
            .Add(
                "GET /v1/agent/acme_challenges/{challenge_id}",
                "get_acme_challenge",
                "Get an ACME challenge",
                "The edges that have not acknowledged the challenge."
            )
            .Answers<AcmeChallengeDocument>();
        table
            .Add(
                "DELETE /v1/agent/acme_challenges/{challenge_id}",
                "end_acme_challenge",
                "Remove an ACME challenge",
                "Edges then refuse validations of the name."
            )
            .Answers(StatusCodes.Status204NoContent);
        table
            .Add(
                "POST /v1/agent/acme_challenges/{challenge_id}/acknowledgements",
                "acknowledge_acme_challenge_as_agent",
                "Acknowledge an ACME challenge as an agent",
                "The agent reports that it responds to the challenge."
            )
            .Answers(StatusCodes.Status204NoContent);
        table
            .Add(
                "POST /v1/agent/approvals",
                "ask_call_approval",
                "Ask for the approval of a call",
                "Whether a person has approved the call that the binding identifies. An answer approved uses the approval up. "
                    + "The first request for a binding makes a ticket that people decide."
            )
            .Takes<CallApprovalRequest>()
            .Answers<CallApprovalAnswer>();
        table
            .Add(
                "POST /v1/edge/renewals",
                "renew_edge_certificate",
                "Renew an edge's platform certificate",
                "Issues the next platform certificate after the edge's registration was checked again."
            )
            .Takes<CertificateSigningRequest>()
            .Answers<EdgeEnrollment>();
        table
            .Add(
                "GET /v1/edge/feed",
                "get_edge_feed",
                "Get the feed of an edge",
                "The tunnels that are assigned to the edge, at one revision. With since and wait the request "
                    + "waits for a change and returns 204 if there is none."
            )
            .Query("held", "since", "wait")
            .Answers<EdgeFeed>()
            .Answers(StatusCodes.Status204NoContent);
        table
            .Add(
                "POST /v1/edge/reports",
                "report_as_edge",
                "Report as an edge",
                "Reports the state in use by the edge and the agents connected to it."
            )
            .Takes<EdgeReport>()
            .Answers(StatusCodes.Status204NoContent);
        table
            .Add(
                "POST /v1/edge/acme_challenges/{challenge_id}/acknowledgements",
                "acknowledge_acme_challenge_as_edge",
                "Acknowledge an ACME challenge as an edge",
                "The edge states that it lets validations of the name through."
            )
            .Answers(StatusCodes.Status204NoContent);
    }
}
