using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.ClientAuthorities;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Identity.Service.Tunnels.RangeSets;

namespace Culvert.Identity.Service.Documentation.Operations;

internal static class TunnelOperations
{
    public static void Describe(OperationTable table)
    {
        table
            .Add(
                "POST /v1/tunnels",
                "create_tunnel",
                "Create a tunnel",
                "Creates a tunnel with its own domain in the caller's workspace. It accepts no traffic before a "
                    + "certificate is registered and client ranges are set."
            )
            .Takes<CreateTunnelRequest>()
            .Answers<TunnelDocument>();
        table
            .Add(
                "GET /v1/tunnels",
                "list_tunnels",
                "List tunnels",
                "The tunnels that the caller can manage, newest first."
            )
            .Paged()
            .Answers<Page<TunnelDocument>>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}",
                "get_tunnel",
                "Get a tunnel",
                "One tunnel with its settings and their revision."
            )
            .Answers<TunnelDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}",
                "update_tunnel",
                "Update a tunnel",
                "Changes the settings that the body names; the others stay. With revision the change is refused "
                    + "when the tunnel has changed since."
            )
            .Takes<UpdateTunnelRequest>()
            .Answers<TunnelDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/archive",
                "archive_tunnel",
                "Archive a tunnel",
                "Edges close the tunnel's connections within five seconds. Its names stay reserved for 30 days."
            )
            .MayTake<ReasonRequest>()
            .Answers<TunnelDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/pause",
                "pause_tunnel",
                "Pause a tunnel",
                "Edges refuse new clients and close the connections of the others; agents stay connected."
            )
            .MayTake<ReasonRequest>()
            .Answers<TunnelDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/resume",
                "resume_tunnel",
                "Resume a tunnel",
                "Makes a paused tunnel accept connections again."
            )
            .MayTake<ReasonRequest>()
            .Answers<TunnelDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/reveal_token",
                "reveal_tunnel_token",
                "Reveal the tunnel token",
                "Returns the token for manual enrolment. Audited with the reason."
            )
            .MayTake<ReasonRequest>()
            .Answers<TunnelTokenDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/rotate_token",
                "rotate_tunnel_token",
                "Rotate the tunnel token",
                "Creates a new tunnel token. The old one stops working; certificates that it obtained expire within "
                    + "an hour."
            )
            .MayTake<ReasonRequest>()
            .Answers<TunnelTokenDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/certificates",
                "register_certificate",
                "Register a certificate",
                "Registers a CA certificate as trust anchor of the tunnel. Under two-person approval it joins the "
                    + "trust bundle when a second person confirms it."
            )
            .Takes<RegisterCertificateRequest>()
            .Answers<RegisteredCertificateDocument>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/certificates",
                "list_registered_certificates",
                "List registered certificates",
                "The trust anchors of the tunnel."
            )
            .Paged()
            .Answers<Page<RegisteredCertificateDocument>>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/certificates/{certificate_id}",
                "get_registered_certificate",
                "Get a registered certificate",
                "One trust anchor of the tunnel."
            )
            .Answers<RegisteredCertificateDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/certificates/{certificate_id}/archive",
                "archive_registered_certificate",
                "Archive a registered certificate",
                "The certificate leaves the trust bundle. A tunnel without any refuses traffic."
            )
            .MayTake<ReasonRequest>()
            .Answers<RegisteredCertificateDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/certificates/{certificate_id}/confirm",
                "confirm_registered_certificate",
                "Confirm a pending change of a certificate",
                "A second person confirms by its fingerprint that the certificate joins or leaves the trust "
                    + "bundle."
            )
            .Takes<ConfirmCertificateRequest>()
            .Answers<RegisteredCertificateDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/client_certificate_authorities",
                "add_client_certificate_authority",
                "Add a client CA",
                "Registers an authority whose client certificates may connect over CONNECT, with the identities "
                    + "that are admitted."
            )
            .Takes<AddClientAuthorityRequest>()
            .Answers<ClientAuthorityDocument>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/client_certificate_authorities",
                "list_client_certificate_authorities",
                "List client CAs",
                "The authorities whose client certificates may connect to the tunnel."
            )
            .Paged()
            .Answers<Page<ClientAuthorityDocument>>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/client_certificate_authorities/{authority_id}",
                "get_client_certificate_authority",
                "Get a client CA",
                "One client CA with the identities that are admitted."
            )
            .Answers<ClientAuthorityDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/client_certificate_authorities/{authority_id}/archive",
                "archive_client_certificate_authority",
                "Archive a client CA",
                "Edges refuse its client certificates within five seconds."
            )
            .MayTake<ReasonRequest>()
            .Answers<ClientAuthorityDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/hostnames",
                "add_hostname",
                "Claim a hostname",
                "Claims a hostname that you own for the tunnel. It is not routed until the TXT record of the response "
                    + "is found at the name's authoritative servers."
            )
            .Takes<AddHostnameRequest>()
            .Answers<HostnameDocument>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/hostnames",
                "list_hostnames",
                "List hostnames",
                "The names that the tunnel has besides its own domain, with the state of their proof."
            )
            .Answers<Page<HostnameDocument>>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/hostnames/{name}",
                "get_hostname",
                "Get a hostname",
                "One name of the tunnel with the state of its proof."
            )
            .Answers<HostnameDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/hostnames/{name}/check",
                "check_hostname",
                "Check a hostname now",
                "Looks up the TXT record now instead of at the next daily check."
            )
            .Answers<HostnameDocument>();
        table
            .Add(
                "DELETE /v1/tunnels/{tunnel_id}/hostnames/{name}",
                "remove_hostname",
                "Remove a hostname",
                "Releases the name. Edges and agents stop serving it with the next feed."
            )
            .Answers<HostnameDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/hostnames/{name}/approve",
                "approve_hostname",
                "Approve a hostname",
                "An operator of the installation accepts the name without a TXT record."
            )
            .Answers<HostnameDocument>();
        table
            .Add(
                "GET /v1/client_range_sets",
                "list_client_range_sets",
                "List client range sets",
                "Named lists of address ranges that tunnels of the organization can use."
            )
            .Answers<Page<ClientRangeSetDocument>>();
        table
            .Add(
                "GET /v1/client_range_sets/{name}",
                "get_client_range_set",
                "Get a client range set",
                "One named list of address ranges."
            )
            .Answers<ClientRangeSetDocument>();
        table
            .Add(
                "POST /v1/client_range_sets/{name}",
                "apply_client_range_set",
                "Create or replace a client range set",
                "Creates the named list or replaces its ranges. All tunnels that use it change with it, so the "
                    + "credential must not be bound to one workspace."
            )
            .Takes<ApplyRangeSetRequest>()
            .Answers<ClientRangeSetDocument>();
        table
            .Add(
                "DELETE /v1/client_range_sets/{name}",
                "remove_client_range_set",
                "Remove a client range set",
                "Removes a list that no tunnel uses."
            )
            .Answers<ClientRangeSetDocument>();
        table
            .Add(
                "GET /v1/agents",
                "list_all_agents",
                "List the agents of all tunnels",
                "The agents of the unarchived tunnels that the caller can manage, newest tunnel first, as in the list of each "
                    + "tunnel; with tunnel_id those of that tunnel. state: live, offline or revoked. A page can have fewer "
                    + "agents than limit, or none, and still a next_page."
            )
            .Query("limit", "page", "state", "tunnel_id")
            .Answers<Page<AgentDocument>>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/agents",
                "list_agents",
                "List the agents of a tunnel",
                "The enrolled agents with their certificates, their routes and their last report."
            )
            .Answers<Page<AgentDocument>>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/agents/{agent_id}/revoke",
                "revoke_agent",
                "Revoke an agent",
                "Revokes the enrolment and its certificates. Every edge refuses them with its next feed. "
                    + "Repeating the request changes nothing."
            )
            .MayTake<ReasonRequest>()
            .Answers<AgentDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/agents/{agent_id}/disconnect",
                "disconnect_agent",
                "Disconnect an agent",
                "Edges close the agent's connections; the agent can reconnect."
            )
            .MayTake<ReasonRequest>()
            .Answers<AgentDocument>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/status",
                "get_tunnel_status",
                "Get the status of a tunnel",
                "Whether the tunnel can serve traffic now, and what prevents it: edges, agents, routes, "
                    + "certificates."
            )
            .Answers<TunnelStatusDocument>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/inventory",
                "list_tunnel_inventory",
                "List the inventory of a tunnel",
                "The MCP servers and tools that the agents reported, with their use."
            )
            .Paged("route")
            .Answers<Page<InventoryDocument>>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/traffic",
                "get_tunnel_traffic",
                "Count calls, denials, durations and bytes by minute",
                "What the tunnel's agents served in each of the last minutes, whatever tunnel the calls came through; the "
                    + "current minute is the last. Agents report every minute."
            )
            .Query("minutes")
            .Answers<TunnelTrafficDocument>();
        table
            .Add(
                "POST /v1/edges",
                "create_edge",
                "Register an edge",
                "Registers an edge with the addresses that agents dial and the DNS names of its certificate."
            )
            .Takes<CreateEdgeRequest>()
            .Answers<EdgeDocument>();
        table
            .Add("GET /v1/edges", "list_edges", "List edges", "The registered edges.")
            .Paged()
            .Answers<Page<EdgeDocument>>();
        table.Add("GET /v1/edges/{edge_id}", "get_edge", "Get an edge", "One registered edge.").Answers<EdgeDocument>();
        table
            .Add(
                "POST /v1/edges/{edge_id}/drain",
                "drain_edge",
                "Drain an edge",
                "Assigns its tunnels to other edges; then the edge accepts no new connections."
            )
            .MayTake<ReasonRequest>()
            .Answers<EdgeDocument>();
        table
            .Add(
                "POST /v1/edges/{edge_id}/resume",
                "resume_edge",
                "Resume an edge",
                "Makes a drained edge accept connections again."
            )
            .MayTake<ReasonRequest>()
            .Answers<EdgeDocument>();
        table
            .Add(
                "POST /v1/edges/{edge_id}/archive",
                "archive_edge",
                "Archive an edge",
                "Revokes the edge's certificates. Agents refuse it from then on."
            )
            .MayTake<ReasonRequest>()
            .Answers<EdgeDocument>();
    }
}
