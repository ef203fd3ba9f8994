namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>The checkout that these tests run in.</summary>
internal static class Checkout
{
    public static string PathOf(string relative)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Identity.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, relative);
    }
}
