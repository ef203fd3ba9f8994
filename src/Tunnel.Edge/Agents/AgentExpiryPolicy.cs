namespace Culvert.Tunnel.Edge.Agents;

internal static class AgentExpiryPolicy
{
    /// <summary>Returns why a connection must be closed now; null if it may continue.</summary>
    /// <param name="maxStreamLife">Limit for a connection whose instance has a newer one.</param>
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
