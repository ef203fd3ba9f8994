namespace Culvert.Platform.Logging;

/// <summary>What lines are about beyond what they say themselves: the request that is being answered.</summary>
public static class LogContext
{
    private static readonly AsyncLocal<string?> Request = new();

    /// <summary>
    /// The request's id (<c>req_…</c>), for every line that is written while it is answered. Set in an asynchronous
    /// method, it counts until that method is left.
    /// </summary>
    public static string? RequestId
    {
        get => Request.Value;
        set => Request.Value = value;
    }
}
