using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Connector;
using Culvert.Tunnel.Agent.LongPoll;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads <c>tunnels</c>: other providers' tunnels, which the agent serves in addition to its own.</summary>
internal static class TunnelsReader
{
    private const string LongPoll = "long_poll";
    private const string Connector = "connector";

    public static AgentSettings Read(ConfigSection root, AgentSettings agent)
    {
        var longPolls = new List<LongPollSettings>();
        var connectors = new List<ConnectorSettings>();
        foreach (var section in root.List("tunnels"))
        {
            var kind = section.Choice("kind", LongPoll, LongPoll, Connector);
            if (!section.Has("kind"))
            {
                section.Error("kind", "This key is required.", $"Write kind: {LongPoll}, or kind: {Connector}.");
            }

            // The schema contains the keys of all kinds.
            if (section.IsDescribing || kind == LongPoll)
            {
                longPolls.Add(LongPollReader.Read(section, agent, longPolls));
            }

            if (section.IsDescribing || kind == Connector)
            {
                connectors.Add(ConnectorReader.Read(section, agent, connectors));
            }

            if (!section.IsDescribing)
            {
                RefuseOthers(section, kind);
            }
        }

        return agent with
        {
            LongPolls = longPolls,
            Connectors = connectors,
        };
    }

    // Refuses keys that only the other kind has.
    private static void RefuseOthers(ConfigSection section, string kind)
    {
        var (other, keys) =
            kind == LongPoll ? (Connector, ConnectorReader.OwnKeys) : (LongPoll, LongPollReader.OwnKeys);
        foreach (var key in keys.Where(section.Skip))
        {
            section.Error(key, $"Only a tunnel with kind: {other} has this key.", "Remove it.");
        }
    }
}
