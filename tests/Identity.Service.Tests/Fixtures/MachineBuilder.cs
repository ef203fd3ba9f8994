using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Machines that a scripted verifier admits.</summary>
internal static class MachineBuilder
{
    public const string TrustDomain = "identity.test";

    public static (HttpClient Client, MachinePeer Peer) Agent(
        this ServiceUnderTest service,
        ScriptedPeers peers,
        string organizationId,
        string tunnelId,
        string instanceId = "one"
    )
    {
        var id = $"spiffe://{TrustDomain}/o/{organizationId}/t/{tunnelId}/agent/{instanceId}";
        return Admit(
            service,
            peers,
            new MachinePeer(MachineRole.Agent, id, "a1" + instanceId, service.Time.GetUtcNow().AddHours(1))
            {
                OrganizationId = organizationId,
                TunnelId = tunnelId,
                InstanceId = instanceId,
            }
        );
    }

    public static (HttpClient Client, MachinePeer Peer) Edge(
        this ServiceUnderTest service,
        ScriptedPeers peers,
        string edgeId
    ) =>
        Admit(
            service,
            peers,
            new MachinePeer(
                MachineRole.Edge,
                $"spiffe://{TrustDomain}/edge/{edgeId}",
                "ed9e",
                service.Time.GetUtcNow().AddHours(1)
            )
            {
                EdgeId = edgeId,
            }
        );

    /// <summary>An edge's report: of its version, without agents.</summary>
    /// <param name="leaving">More members, each with its comma.</param>
    public static async Task ReportEdgeAsync(this HttpClient edge, string version, string leaving = "") =>
        (
            await edge.PostAsync(
                "/v1/edge/reports",
                $$$"""
                {{{{leaving}}}"revision":1,"epochs":{"platform":1},"serial":"ed9e","version":"{{{version}}}","sni_public_port":9443,
                 "agents":[],"client_connections":{}}
                """
            )
        ).EnsureSuccessStatusCode();

    private static (HttpClient Client, MachinePeer Peer) Admit(
        ServiceUnderTest service,
        ScriptedPeers peers,
        MachinePeer peer
    )
    {
        X509Certificate2 certificate = TestCertificates.Client(peer.SerialNumber);
        peers.Add(certificate, peer);
        return (service.MachineClient(certificate), peer);
    }
}
