namespace Culvert.Identity.Cli.Output;

internal static class OutputFormats
{
    public const string Words = "table, wide, json, yaml or name";

    public static string[] Names { get; } = ["table", "wide", "json", "yaml", "name"];

    public static OutputFormat? Parse(string word) =>
        word switch
        {
            "table" => OutputFormat.Table,
            "wide" => OutputFormat.Wide,
            "json" => OutputFormat.Json,
            "yaml" => OutputFormat.Yaml,
            "name" => OutputFormat.Name,
            _ => null,
        };
}
