namespace Culvert.Identity.Service.Http;

internal enum Listener
{
    /// <summary>8443: management, federation, enrolment.</summary>
    Api,

    /// <summary>8444: machines, by client certificate.</summary>
    Machine,
}
