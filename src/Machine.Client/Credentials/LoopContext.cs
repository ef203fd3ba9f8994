using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.State;
using Microsoft.Extensions.Logging;

namespace Culvert.Machine.Client.Credentials;

/// <param name="Time">The clock of lifetimes, windows and waits.</param>
/// <param name="NetworkTime">The clock of network time limits.</param>
/// <param name="Unit">Returns random numbers from 0 to below 1.</param>
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
