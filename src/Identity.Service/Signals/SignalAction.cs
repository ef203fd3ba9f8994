namespace Culvert.Identity.Service.Signals;

internal enum SignalAction
{
    /// <summary>The type is unknown: the event has no effect, and the audit says so.</summary>
    Ignore,

    /// <summary>The audit has the event, and nothing else happens.</summary>
    Record,

    /// <summary>The person's access from before the event is withdrawn.</summary>
    Withdraw,
}
