namespace Culvert.Tunnel.Edge.Agents;

/// <summary>Decides how long a connection may outlive its certificate (S10). A pure function of time.</summary>
internal static class AgentExpiryPolicy
{
    /// <summary>Why a connection must be closed now; null if it may continue.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="now">The time.</param>
    /// <param name="maxStreamLife">For connections whose instance has a newer one.</param>
    public static string? Decide(AgentConnection connection, DateTimeOffset now, TimeSpan maxStreamLife)
    {
        if (connection.RetiredAt is { } retired)
        {
            return now - retired >= maxStreamLife ? "its streams have had their time" : null;
        }

        // notAfter includes its last second (RFC 5280 §4.1.2.5).
        return now >= connection.NotAfter + TimeSpan.FromSeconds(1) ? "the certificate has expired" : null;
    }
}
