namespace Culvert.Machine.Client.Calls;

/// <summary>The address of a page that a person opens, as the service names it.</summary>
public static class WebPage
{
    private const int MaxCharacters = 2048;

    /// <summary>The URL, if it is one that a browser can open safely: https, without a user name; otherwise null.</summary>
    public static Uri? Find(string? text) =>
        text is { Length: <= MaxCharacters }
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme == Uri.UriSchemeHttps
        && url.UserInfo.Length == 0
            ? url
            : null;
}
