global using System.Net.Http;
global using Shouldly;
global using Xunit;
