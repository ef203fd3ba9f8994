namespace Culvert.Identity.Service.Http;

/// <summary>The port of the service that a connection uses.</summary>
internal enum Listener
{
    /// <summary>8443: management, federation, enrolment.</summary>
    Api,

    /// <summary>8444: machines, by client certificate.</summary>
    Machine,
}
