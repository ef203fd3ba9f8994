using System.Security.Cryptography;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Console;

/// <summary>The console's own files: a style sheet and an image, under names that change with their content.</summary>
internal static class ConsoleAssets
{
    private static readonly byte[] Styles = Read("console.css");
    private static readonly byte[] Icon = Read("icon.svg");

    public static string StylesPath { get; } = CreatePath("console", Styles, "css");

    public static string IconPath { get; } = CreatePath("icon", Icon, "svg");

    public static ApiAnswer SendStyles(ApiRequest request) => Send(request, Styles, "text/css; charset=utf-8");

    public static ApiAnswer SendIcon(ApiRequest request) => Send(request, Icon, "image/svg+xml");

    private static ApiAnswer Send(ApiRequest request, byte[] content, string type)
    {
        ConsoleHeaders.Set(request.Http.Response);
        request.Http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return ApiAnswer.Raw(content, type);
    }

    private static string CreatePath(string name, byte[] content, string extension) =>
        $"/console/assets/{name}-{Convert.ToHexStringLower(SHA256.HashData(content))[..12]}.{extension}";

    private static byte[] Read(string file)
    {
        using var stream =
            typeof(ConsoleAssets).Assembly.GetManifestResourceStream(typeof(ConsoleAssets), $"Assets.{file}")
            ?? throw new InvalidOperationException($"{file} is not part of this program.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
