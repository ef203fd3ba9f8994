using System.Collections.Concurrent;

namespace Culvert.Identity.Service.Tests.Storage.Statements;

/// <summary>The statements that ran on one kind of database, with the tests that ran each.</summary>
internal sealed class RanStatements
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> tests = new(
        StringComparer.Ordinal
    );

    // By database: the first test that used it. A server's threads belong to no test, but they use that database.
    private readonly ConcurrentDictionary<string, string> owners = new(StringComparer.Ordinal);

    public void Add(string database, IReadOnlyList<string> statements)
    {
        var test = FindTest();
        if (test is not null)
        {
            owners.TryAdd(database, test);
        }
        else
        {
            owners.TryGetValue(database, out test);
        }

        foreach (var statement in statements)
        {
            tests.GetOrAdd(statement, static _ => new(StringComparer.Ordinal)).TryAdd(test ?? "unknown", true);
        }
    }

    /// <summary>One statement per line: kind of database, statement, tests.</summary>
    public IEnumerable<string> Lines(string kind) =>
        tests
            .OrderBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => $"{kind}\t{one.Key}\t{string.Join(' ', one.Value.Keys.Order(StringComparer.Ordinal))}");

    // The class alone, if it is what several tests of it share.
    private static string? FindTest() =>
        TestContext.Current switch
        {
            { TestMethod: { } method } => $"{method.TestClass.TestClassName}.{method.MethodName}",
            { TestClass: { } shared } => shared.TestClassName,
            _ => null,
        };
}
