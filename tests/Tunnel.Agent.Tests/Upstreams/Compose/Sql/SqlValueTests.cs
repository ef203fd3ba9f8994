using System.Text.Json;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Compose.Sql;

public sealed class SqlValueTests
{
    [Theory]
    [InlineData("null", "Null", "")]
    [InlineData("true", "Integer", "1")]
    [InlineData("false", "Integer", "0")]
    [InlineData("12", "Integer", "12")]
    [InlineData("-9223372036854775808", "Integer", "-9223372036854775808")]
    [InlineData("12.50", "Real", "12.5")]
    [InlineData("1e3", "Real", "1000")]
    [InlineData("\"12\"", "Text", "12")]
    [InlineData("\"\\u0000\"", "Text", "\0")]
    public void Scalar_IsTheSameInSqlite(string json, string kind, string text)
    {
        SqlValue.TryRead(JsonElement.Parse(json), out var value).ShouldBeTrue();

        (value.Kind.ToString(), value.ToString()).ShouldBe((kind, text));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("9223372036854775808")]
    [InlineData("1e400")]
    [InlineData("\"\\ud800\"")]
    public void ValueThatSqliteWouldChange_IsRefused(string json) =>
        SqlValue.TryRead(JsonElement.Parse(json), out _).ShouldBeFalse();
}
