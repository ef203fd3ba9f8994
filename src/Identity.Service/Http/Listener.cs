namespace Culvert.Identity.Service.Http;

/// <summary>Which of the service's ports a connection came in by.</summary>
internal enum Listener
{
    /// <summary>8443: management, federation, enrolment.</summary>
    Api,

    /// <summary>8444: machines, by client certificate.</summary>
    Machine,
}
