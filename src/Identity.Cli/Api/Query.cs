namespace Culvert.Identity.Cli.Api;

internal sealed class Query
{
    private string text = "";

    public Query Add(string name, string? value)
    {
        if (value is not null)
        {
            text += $"{(text.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
        }

        return this;
    }

    public Query Copy() => new() { text = text };

    public string On(string path) => path + text;
}
