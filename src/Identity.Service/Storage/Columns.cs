using System.Reflection;
using System.Text.Json;

namespace Culvert.Identity.Service.Storage;

/// <summary>A column that is set when the row is inserted and never again: an update leaves it out.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InsertOnlyAttribute : Attribute;

/// <summary>
/// The columns of a table, declared once as the properties of the record that one row is read into: the property
/// <c>CreatedAtMs</c> is the column <c>created_at_ms</c>. The texts of statements are made from them once, at the start;
/// a row is also the object whose properties are a statement's parameters. Conditions stay hand-written SQL.
/// </summary>
/// <typeparam name="TRow">
/// The record of a row. Its properties that can be set and have a type of the databases are the columns.
/// </typeparam>
internal sealed class Columns<TRow>
{
    /// <summary>The name of the column that numbers rows in the order of their insertion; the database assigns it.</summary>
    private const string Ordinal = "ordinal";

    private readonly string table;
    private readonly string[] columnNames;

    /// <param name="table">The name of the table.</param>
    /// <param name="alias">The name that the table has in queries that join others to it; null = none.</param>
    public Columns(string table, string? alias = null)
    {
        this.table = table;
        var columns = typeof(TRow)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } && IsStored(property.PropertyType))
            .Select(property =>
                (
                    Name: JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name),
                    Parameter: $"@{property.Name}",
                    IsFixed: property.IsDefined(typeof(InsertOnlyAttribute), inherit: true)
                )
            )
            .ToArray();
        columnNames = [.. columns.Select(column => column.Name)];
        var written = columns.Where(column => column.Name != Ordinal).ToArray();
        Names = string.Join(", ", columns.Select(column => alias is null ? column.Name : $"{alias}.{column.Name}"));
        Select = $"SELECT {Names} FROM {table}{(alias is null ? "" : $" {alias}")}";
        var isNumbered = written.Length < columns.Length;
        var names = string.Join(", ", written.Select(column => column.Name).Concat(isNumbered ? [Ordinal] : []));
        Values = string.Join(
            ", ",
            written
                .Select(column => column.Parameter)
                .Concat(isNumbered ? [$"(SELECT COALESCE(MAX({Ordinal}), 0) + 1 FROM {table})"] : [])
        );
        InsertInto = $"INSERT INTO {table} ({names})";
        Assignments = string.Join(
            ", ",
            written.Where(column => !column.IsFixed).Select(column => $"{column.Name} = {column.Parameter}")
        );
    }

    /// <summary><c>a, b, c</c>, each behind the alias of the table if it has one.</summary>
    public string Names { get; }

    /// <summary><see cref="Names"/> without some, for a table that has the same columns but for these.</summary>
    public string NamesWithout(params string[] left) => string.Join(", ", columnNames.Except(left));

    /// <summary><c>SELECT a, b, c FROM table</c>; a condition may follow.</summary>
    public string Select { get; }

    /// <summary><c>INSERT INTO table (a, b, c)</c>; <see cref="Values"/> or a query of the same columns follows.</summary>
    public string InsertInto { get; }

    /// <summary><c>@A, @B, @C</c> in the order of <see cref="InsertInto"/>, with the next ordinal if rows have one.</summary>
    public string Values { get; }

    /// <summary><c>b = @B, c = @C</c> without the columns that are <see cref="InsertOnlyAttribute"/>.</summary>
    public string Assignments { get; }

    /// <summary>Inserts the row.</summary>
    public Statement Insert(TRow row) => new($"{InsertInto} VALUES ({Values})", row);

    /// <summary>Writes the row's columns where the condition holds.</summary>
    /// <param name="condition">A constant, never built from input; the row's properties are its parameters.</param>
    public Statement Update(TRow row, string condition) =>
        new($"UPDATE {table} SET {Assignments} WHERE {condition}", row);

    private static bool IsStored(Type type) =>
        type == typeof(string)
        || type == typeof(byte[])
        || type == typeof(long)
        || type == typeof(long?)
        || type == typeof(double)
        || type == typeof(double?);
}
