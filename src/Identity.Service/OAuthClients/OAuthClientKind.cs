namespace Culvert.Identity.Service.OAuthClients;

internal enum OAuthClientKind
{
    /// <summary>An administrator registered it: its id is <c>ocl_…</c>.</summary>
    Registered,

    /// <summary>It registered itself: its id is <c>ocl_…</c> too.</summary>
    SelfRegistered,

    /// <summary>Its id is the https URL of its metadata document.</summary>
    Document,
}
