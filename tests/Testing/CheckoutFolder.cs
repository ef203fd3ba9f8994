namespace Culvert.Testing;

/// <summary>The checkout in which the tests were built.</summary>
public static class CheckoutFolder
{
    public static string Root { get; } = Find();

    /// <param name="relative">Of a file or folder, from the root of the checkout.</param>
    public static string GetPath(string relative) => Path.Combine(Root, relative);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Identity.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
    }
}
