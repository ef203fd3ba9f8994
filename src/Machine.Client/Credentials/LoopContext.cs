using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.State;
using Microsoft.Extensions.Logging;

namespace Culvert.Machine.Client.Credentials;

/// <summary>What every loop of a credential manager needs.</summary>
/// <param name="Dialect">Agent or edge.</param>
/// <param name="State">What the loops share.</param>
/// <param name="Store">What outlives the process.</param>
/// <param name="Time">The clock of lives, windows and waits.</param>
/// <param name="NetworkTime">The clock of network time limits.</param>
/// <param name="Unit">Random numbers from 0 to below 1.</param>
/// <param name="Log">The log.</param>
internal sealed record LoopContext<TFeed>(
    MachineDialect<TFeed> Dialect,
    CredentialState<TFeed> State,
    CredentialStore<TFeed> Store,
    TimeProvider Time,
    TimeProvider NetworkTime,
    Func<double> Unit,
    ILogger Log
)
    where TFeed : class
{
    public DateTimeOffset Now => Time.GetUtcNow();
}
