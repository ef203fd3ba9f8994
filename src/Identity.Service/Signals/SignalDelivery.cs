namespace Culvert.Identity.Service.Signals;

/// <summary>How the tokens of a stream arrive.</summary>
internal enum SignalDelivery
{
    /// <summary>The transmitter posts each to the service (RFC 8935).</summary>
    Push,

    /// <summary>The service gets them from the transmitter (RFC 8936).</summary>
    Poll,
}
