using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class AgentSection
{
    public static AgentOptions Read(ConfigSection agents)
    {
        var options = new AgentOptions
        {
            LiveFor = agents.Duration("live_for", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1)),
            FeedWaitMax = agents.Duration(
                "feed_wait_max",
                TimeSpan.FromSeconds(30),
                TimeSpan.FromSeconds(1),
                TimeSpan.FromMinutes(5)
            ),
            MaxSinceProof = agents.Duration("max_since_proof", TimeSpan.FromHours(24), TimeSpan.FromSeconds(1)),
            InstancesPerTunnel = agents.Int("instances_per_tunnel", 32, 1, 10_000),
        };

        // A contact is stored every third of live_for: the next call must arrive within the rest.
        if (options.LiveFor * 2 <= options.FeedWaitMax * 3)
        {
            agents.Error(
                "live_for",
                "An agent that waits for its feed would count as disconnected: two thirds of this value must exceed feed_wait_max.",
                "Raise live_for, or lower feed_wait_max."
            );
        }

        return options;
    }
}
