namespace Culvert.Platform.Logging;

public static class LogContext
{
    private static readonly AsyncLocal<string?> Request = new();

    /// <summary>The id (<c>req_…</c>) of the current request, for its lines; set until the async method returns.</summary>
    public static string? RequestId
    {
        get => Request.Value;
        set => Request.Value = value;
    }
}
